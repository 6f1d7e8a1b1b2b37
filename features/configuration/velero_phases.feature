Feature: Every end of a Velero backup or restore is told as what it is

  Rule: Only Completed is a success; any other end is told before the deadline, with Velero's own reason

    @HDR-04 @negative
    Scenario Outline: A backup <how> ends <phase> and is not counted
      Given a location of its own with two namespaces
      When a backup is taken <how>
      Then it ends as <phase> before its deadline, saying "<reason>"
      And it is not among the completed backups

      Examples:
        | how                                   | phase            | reason                                      |
        | of an application whose hook fails    | PartiallyFailed  | hook                                        |
        | under a name that the bucket has      | Failed           | backup already exists in object storage     |
        | into a location that is Unavailable   | FailedValidation | is in Unavailable status                    |
        | of namespaces that are also excluded  | FailedValidation | Invalid included/excluded namespace lists   |

    @HDR-25 @HDR-26 @HDR-27 @negative @destructive
    Scenario Outline: A restore <how> ends <phase> and is no restore
      Given a completed backup of both schedules
      When a restore is made <how>
      Then it ends as <phase> before its deadline, saying "<reason>"
      And the objects are not those of the backup

      Examples:
        | how                                       | phase            | reason                     |
        | from an archive with a damaged object     | PartiallyFailed  | 1 errors                   |
        | from an archive that is gone              | Failed           | error                      |
        | of a schedule without a backup            | FailedValidation | No backups found for schedule |
        | through a location that is Unavailable    | FailedValidation | is unavailable             |

  Rule: Completed with warnings is told with its warnings

    @HDR-04
    Scenario: A backup that passed a volume over is Completed with a warning
      Given a location of its own with two namespaces
      When a backup is taken of an application that does not run
      Then it ends as Completed before its deadline, saying "warning: "

  Rule: What is still under way at its deadline is told as under way; it is neither an end nor a success

    @HDR-23 @negative
    Scenario: A backup that takes longer than its deadline
      Given a location of its own with two namespaces
      When a backup is taken whose hook takes longer than the deadline
      Then the wait ends at its deadline and says that it is InProgress
      And the backup goes on to its own end

    @HDR-27 @negative @destructive
    Scenario: A restore into a namespace that does not go away
      Given a completed backup of both schedules
      When a restore is made into a namespace that is still being deleted
      Then the wait ends at its deadline and says that it is InProgress
      And the restore goes on to its own end, once the namespace is gone
