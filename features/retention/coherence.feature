Feature: Schedule, objective, time to live and lifecycle agree

  Rule: A lifecycle policy expires old object versions and lone delete markers, and nothing else

    @HDR-19
    Scenario: The store expires what the policy names
      Given a bucket of the scenario's own that keeps versions, replaced and deleted long ago and lately, and a lone delete marker
      When a lifecycle policy is set on it that expires old versions after 68 days and lone delete markers
      Then the policy is read back as it was set for 68 days
      And the store itself expires the versions of long ago and the lone marker, and leaves everything else

  Rule: A drill whose settings do not agree is refused before anything is touched

    @HDR-19
    Scenario: Settings that agree are let through
      Given a platform with backups enabled on schedule "@weekly"
      When a drill is asked for with a ttl of 60d, and old versions kept for 68 days
      Then its plan shows each judgement with its arithmetic
      And it is let through, saying "versions 68 d >= ttl 60d + @weekly 7 d"
      And nothing was touched by asking for the drill

    @HDR-19 @negative
    Scenario Outline: <settings> do not agree
      Given a platform with backups enabled on schedule "@weekly"
      When a drill is asked for with <settings>
      Then its plan shows each judgement with its arithmetic
      And it is refused with exit code <code>, saying "<arithmetic>", to be mended by "<change>"
      And nothing was touched by asking for the drill

      Examples: of the plan itself
        | settings                              | code | arithmetic                     | change                        |
        | a recovery point objective of one day | 2    | , objective 1 d                | objectives.rpo                |
        | a ttl of 10d                          | 2    | = 10 d, 2 x @weekly 7 d = 14 d | global._hopsworks.backups.ttl |
        | a ttl of 60d, and 720h for Velero     | 2    | kubernetes 720h < rondb        | hopsworks.velero.backup.ttl   |
        | a ttl of 60d, and 60d for Velero too  | 2    | '60d' is no Go duration        | hopsworks.velero.backup.ttl   |

      Examples: of the bucket as it is found
        | settings                                        | code | arithmetic                            | change                        |
        | a ttl of 60d, and old versions kept for 60 days | 4    | versions 60 d < ttl 60d + @weekly 7 d | NoncurrentDays to 68          |
        | no ttl, and old versions kept for 60 days       | 4    | versions 60 d < backups for ever      | global._hopsworks.backups.ttl |
        | search snapshots that expire as objects         | 4    | expires current objects below         | the rule's Expiration         |
