Feature: Backups are taken by a schedule

  Rule: The schedule is a cron expression, and it fires by itself

    @HDR-15 @destructive
    Scenario: A schedule of one minute fires by itself
      Given a platform with backups enabled on schedule "@weekly"
      When a schedule of one minute is set by an upgrade until everything has fired
      Then Kubernetes and Velero began every backup by themselves
      And what they took is a whole backup of every store

    @HDR-15 @destructive
    Scenario: The next run of the weekly schedule is computed
      Given a platform with backups enabled on schedule "@weekly"
      Then Kubernetes and Velero find the schedule due at the moments that are computed for it

  Rule: What is no cron expression is refused before anything is touched

    @HDR-15 @negative @destructive
    Scenario Outline: The schedule "<expression>" is refused
      Given a platform with backups enabled on schedule "@weekly"
      When backups are to be taken by the schedule "<expression>"
      Then it is refused before anything is asked of the platform, saying "is no backup schedule"
      And a plan with the schedule "<expression>" is refused
      And nothing was touched by asking
      And the platform, asked all the same, refuses it too and leaves <left>
      And once that is put right the status is enabled again

      Examples:
        | expression | left                                           |
        | every week | everything as it was                           |
        | 61 * * * * | Schedules that Velero refuses, as the status says |

  Rule: A minute has one backup ID

    @HDR-15 @negative
    Scenario: Two backups begun within one minute
      Given a platform with backups enabled on schedule "@weekly"
      When every store is backed up twice within one minute
      Then the second backup of every store fails, is named with the reason, and the first is whole
