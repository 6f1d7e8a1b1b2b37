Feature: A restore needs the version that made the backup

  Rule: A backup says by which version it was made, and that version is let through

    @HDR-20
    Scenario: The version that made the backup may restore it
      Given a platform with backups enabled on schedule "@weekly"
      And a backup of every store
      Then the backup says by which version of the platform it was made
      And a restore by that version is let through

  Rule: Another version is refused before anything is cleared, also where the release itself would go on

    @HDR-20 @negative @destructive
    Scenario: Another version is in place
      Given a platform with backups enabled on schedule "@weekly"
      And a backup of every store
      And the platform was upgraded to another version of its chart
      When a restore in place from that backup is asked for
      Then it is refused before anything is cleared, naming the version of the backup and the other one
      And nothing was touched by asking for the restore
      And it is refused too with the backup's own chart while the other version runs
      And the release itself does not refuse it

    @HDR-20 @negative @destructive
    Scenario: Another version is to be installed in a new cluster
      Given a platform with backups enabled on schedule "@weekly"
      And a backup of every store
      When a restore into a new cluster is asked for by another version of the chart
      Then it is refused before anything is cleared, naming the version of the backup and the other one
      And nothing was touched by asking for the restore

  Rule: A backup of which nothing says the version is refused, unless the plan says how it is known

    @HDR-20 @negative @destructive
    Scenario: Nothing says which version made the backup
      Given a platform with backups enabled on schedule "@weekly"
      And a backup of every store
      And nothing says by which version the backup of its objects was made
      When a restore in place from that backup is asked for
      Then it is refused before anything is cleared, because nothing says the version
      And nothing was touched by asking for the restore
      And a plan that says how the version is known is let through
