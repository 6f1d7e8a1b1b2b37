Feature: Velero reaches the bucket by a role, without any credential

  Rule: By a role of its service account Velero uses a location that holds no credential

    @HDR-21
    Scenario: A location without credentials is used by a role
      Given a Velero of its own whose service account has the role of the object store
      When a backup location without credentials is made in it
      Then it is Available before its deadline
      And no credential is in the location, in Velero's namespace or in its pod
      And a backup taken through it by the role lies in the bucket, under its prefix

  Rule: A location is Unavailable when the role does not give the access, and the reason is named

    @HDR-21 @negative
    Scenario Outline: A location without credentials is Unavailable <why>
      Given a Velero of its own <whose>
      When a backup location without credentials is made in it <where>
      Then the wait ends at its deadline with the location Unavailable, saying "<reason>"

      Examples:
        | why                                       | whose                                                          | where                                | reason                    |
        | in a bucket that the role does not cover  | whose service account has the role of the object store         | in a bucket that the role does not cover | AccessDenied          |
        | by another service account                | whose service account is not the one that has the role         | in the lab's bucket                  | AccessDenied              |
        | with a token for another audience         | whose token is for another audience                            | in the lab's bucket                  | azp                       |
        | with a role that does not exist           | whose service account has a role that does not exist           | in the lab's bucket                  | is not defined            |
        | without a role                            | without a role                                                 | in the lab's bucket                  | EC2 IMDS                  |
