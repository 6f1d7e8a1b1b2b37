Feature: Backups are enabled by the platform's values

  Rule: Enabling backups sets up everything that takes them, and what it sets up takes whole backups

    @HDR-08 @HDR-09 @HDR-12 @HDR-13
    Scenario: Backups are enabled while the platform is installed
      Given a platform with backups enabled on schedule "@weekly"
      Then its installation made the CronJobs of database and search engine and both Velero Schedules
      And its bucket, of an S3-compatible store, keeps object versions
      And a backup taken by them is whole

    @HDR-08 @HDR-14 @destructive
    Scenario: Backups are enabled by a later upgrade
      Given a platform whose backups are not enabled
      And nothing takes backups of it, and its status is disabled
      When backups are enabled by an upgrade
      Then the CronJobs of database and search engine and both Velero Schedules are there
      And the status is enabled as a whole and for every service
      And a backup taken anew by them is whole

  Rule: Backups are not enabled on a bucket that keeps no object versions

    @HDR-09 @negative @destructive
    Scenario: Enabling backups without object versions is refused by hopsdrill, and by the platform
      Given a platform whose backups are not enabled
      And a bucket of the scenario's own that keeps no object versions
      When backups are to be enabled with the files in that bucket
      Then it is refused before anything is asked of the platform, saying "keeps no object versions"
      And a release that does not look at the bucket itself is refused the same way
      And nothing was touched by asking
      And the platform, asked all the same, refuses to start on that bucket, and says why
      And with its own bucket again every file is as before, and nothing was written to the other

  Rule: Backups are not enabled on other than S3-compatible object storage

    @HDR-12 @negative @destructive
    Scenario Outline: Enabling backups on <provider> is refused
      Given a platform with backups enabled on schedule "@weekly"
      When backups are to be enabled with <provider> as its object storage
      Then it is refused before anything is asked of the platform, saying "S3-compatible object storage only"
      And the platform refuses it too
      And nothing was touched by asking

      Examples:
        | provider |
        | AZURE    |
        | GCS      |
