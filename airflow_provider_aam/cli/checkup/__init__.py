"""`airflow-aam doctor`: the setup guide's steps, checked one after the other. It reads and changes nothing.

(With one exception that is Adobe's: under role-based access control the first ``GET /v1/users/self`` creates the
technical account in AAM.)
"""
