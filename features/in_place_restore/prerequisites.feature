Feature: A restore in place that cannot work is refused before anything is touched

  Rule: A running release, a known backup, reachable storage and a configured Velero are needed

    @HDR-36 @HDR-40 @negative @destructive
    Scenario Outline: A restore in place is refused when <what>
      Given two recovery points, an older and a newer, that differ in every store
      When a restore in place of the newer one is asked for although <what>
      Then it is refused before anything is asked of the platform
      And the platform, asked all the same, refuses it too
      And every store is as it was

      Examples:
        | what                                    |
        | there is no release                     |
        | its ID is in no record                  |
        | the object store does not answer        |
        | Velero's location is gone               |
        | Velero cannot reach its location        |
        | the named Velero backup does not exist  |
