"""Users, groups, and a group's permissions."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import CRUD, Action, Confidence, Resource, Type, Verb, verbs

USERS = Resource(
    name="users",
    path="users",
    id_field="userId",
    id_aliases=("uid",),
    verbs=verbs(*CRUD, Verb.BULK_DELETE, confidence=Confidence.DOC),
    fields={
        "userId": Type.INTEGER,
        "pid": Type.INTEGER,
        "username": Type.TEXT,
        "status": Type.TEXT,
        "firstName": Type.TEXT,
        "lastName": Type.TEXT,
        "email": Type.TEXT,
        "emailAddress": Type.TEXT,
        "title": Type.TEXT,
        "phoneNumber": Type.TEXT,
        "groups": Type.JSON,
        "isAdmin": Type.BOOLEAN,
        "admin": Type.BOOLEAN,
        "companyName": Type.TEXT,
    },
    list_params=frozenset({"groupId"}),
    actions=(
        Action(
            name="self",
            method="GET",
            path="users/self",
            about="The account that asks. Under role-based access control the first such call creates it.",
            confidence=Confidence.DOC,
        ),
        Action(
            name="update_self",
            method="PUT",
            path="users/self/update",
            about="Change the account that asks.",
            confidence=Confidence.DOC,
            body=True,
        ),
        Action(
            name="update_password",
            method="POST",
            path="users/self/update-password",
            about='A new password for the account that asks; body {"oldPassword": …, "newPassword": …}.',
            confidence=Confidence.DOC,
            body=True,
            secrets=frozenset({"oldPassword", "newPassword"}),
        ),
        Action(
            name="reset_password",
            method="POST",
            path="users/{userId}/reset-password",
            about="AAM sends the user a new password.",
            confidence=Confidence.DOC,
        ),
        Action(
            name="update_groups",
            method="POST",
            path="users/update-groups",
            about="The groups of several users at once. The path is known, method and body are inferred.",
            confidence=Confidence.INFERRED,
            body=True,
        ),
    ),
)

GROUPS = Resource(
    name="groups",
    path="groups",
    id_field="groupId",
    verbs={
        **verbs(*CRUD, confidence=Confidence.DOC),
        **verbs(Verb.BULK_DELETE, confidence=Confidence.CLIENT),  # the document says DELETE, the AAM UI sends POST
    },
    fields={
        "groupId": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "membershipCount": Type.INTEGER,
        "wildcards": Type.JSON,
        "users": Type.JSON,
    },
    actions=(
        Action(
            name="permissions",
            method="GET",
            path="groups/{groupId}/permissions",
            about="A group's permissions per object: objectId, objectType, permissions.",
            confidence=Confidence.DOC,
            rows=True,
        ),
        Action(
            name="set_permissions",
            method="PUT",
            path="groups/{groupId}/permissions",
            about="Replace all of them; body a list as permissions returns it.",
            confidence=Confidence.DOC,
            body=True,
            rows=True,
        ),
        Action(
            name="object_types",
            method="GET",
            path="permissionable-object-types",
            about="The kinds of object that permissions are given for, as texts.",
            confidence=Confidence.DOC,
            rows=True,
        ),
        Action(
            name="permissions_of_type",
            method="GET",
            path="permissionable-object-types/{objectType}",
            about="The permissions of one kind: wildcard and perObject.",
            confidence=Confidence.DOC,
        ),
    ),
)
