"""Tasks that wait until Adobe Audience Manager has done something."""
