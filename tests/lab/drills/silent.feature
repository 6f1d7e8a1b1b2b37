Feature: A restore that loses data in silence is found out

  Rule: A restore Job's Complete is no proof

    @destructive
    Scenario: A part of the backup is lost unnoticed, and the platform restores the rest without a word
      Given a platform with backups enabled on schedule "@weekly"
      And feature groups with 10000 rows across 1 tables, users and grants, and project secrets
      And a writer that commits numbered rows until the disaster
      And the weekly backup of every installed store has been taken
      And rows, users and secrets were changed, added and deleted after the backup
      And a part of that backup vanished without a trace
      When the platform is restored in place from that backup with forceDataClear
      Then the data matches the snapshot row by row
      And whatever was expected is in the backup and came back, but for what the plan allows to be missing
