Feature: Old backups are pruned by their time to live

  Rule: What is older than ttl goes from bucket, record and cluster; what is younger stays whole; without ttl all stays

    @HDR-18 @destructive
    Scenario: The next backup prunes what is older than ttl, and nothing else
      Given a platform with backups enabled on schedule "@weekly"
      And a backup of every store
      And that backup has become 61 days old
      When every store is backed up while no ttl is set
      Then nothing is pruned
      When ttl "60d" is set by an upgrade, and every store is backed up
      Then what is older than that is gone from bucket, record and cluster, store by store
      And Velero keeps its backups for "60d" too
      And the younger backup and the one that pruned are whole

    @HDR-18 @destructive
    Scenario: However short the ttl, the backup that prunes stays
      Given a platform with backups enabled on schedule "@weekly"
      And a backup of every store
      When ttl "0h" is set by an upgrade, and every store is backed up, although everything is older
      Then what is older than that is gone from bucket, record and cluster, store by store
      And the one that pruned is whole

  Rule: A ttl that its store does not understand is refused before anything is touched

    @HDR-18 @negative @destructive
    Scenario Outline: The <name> "<value>" is refused
      Given a platform with backups enabled on schedule "@weekly"
      When backups are to be pruned by the <name> "<value>"
      Then it is refused before anything is asked of the platform, saying "<reason>"
      And nothing was touched by asking
      And the platform, asked all the same, refuses that ttl too
      And nothing was touched by asking

      Examples:
        | name       | value     | reason                                               |
        | global ttl | 1440h0m0s | is no number of days or hours; write '1440h'         |
        | global ttl | 8w        | is no number of days or hours                        |
        | Velero ttl | 60d       | is no Go duration, which Velero wants; write '1440h' |
