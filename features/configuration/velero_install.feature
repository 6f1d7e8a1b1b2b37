Feature: Velero is installed as documented

  Rule: The documented command line installs a Velero that backs up into a location given afterwards

    @HDR-10 @destructive
    Scenario: Velero is installed by its command line
      Given a cluster from which Velero was removed
      And a folder of the bucket that no platform uses
      When Velero is installed by its command line with these flags
        | --image                      | velero/velero:v1.17.1                |
        | --plugins                    | velero/velero-plugin-for-aws:v1.13.0 |
        | --no-default-backup-location |                                      |
        | --no-secret                  |                                      |
        | --use-volume-snapshots       | false                                |
        | --wait                       |                                      |
      Then Velero's kinds are known, its server is available and lists the plugin "velero.io/aws"
      And it has no location and no secret
      When a backup location is made there with credentials, endpoint and path style
      Then it is Available before its deadline
      And a backup taken through it lies in the bucket, under its prefix
      And the cluster's own Velero is put back as it was

  Rule: The chart with the documented values installs the same

    @HDR-11 @destructive
    Scenario: Velero is installed by its Helm chart
      Given a cluster from which Velero was removed
      And a folder of the bucket that no platform uses
      When Velero is installed by the plan's Helm chart with these values
        | --set      | initContainers[0].name                      | velero-plugin-for-aws                |
        | --set      | initContainers[0].image                     | velero/velero-plugin-for-aws:v1.13.0 |
        | --set      | initContainers[0].volumeMounts[0].mountPath | /target                              |
        | --set      | initContainers[0].volumeMounts[0].name      | plugins                              |
        | --set-json | configuration.backupStorageLocation         | []                                   |
        | --set      | credentials.useSecret                       | false                                |
        | --set      | snapshotsEnabled                            | false                                |
      Then Velero's kinds are known, its server is available and lists the plugin "velero.io/aws"
      And it has no location and no secret
      When a backup location is made there with credentials, endpoint and path style
      Then it is Available before its deadline
      And a backup taken through it lies in the bucket, under its prefix
      And the cluster's own Velero is put back as it was

  Rule: A documented flag that is missing or wrong is told, with Velero's own words

    @HDR-10 @negative @destructive
    Scenario: Without the plugin no location becomes Available
      Given a cluster from which Velero was removed
      And a folder of the bucket that no platform uses
      When Velero is installed by its command line with these flags
        | --image                      | velero/velero:v1.17.1 |
        | --no-default-backup-location |                       |
        | --no-secret                  |                       |
        | --use-volume-snapshots       | false                 |
        | --wait                       |                       |
      When a backup location is made there in a Velero that has no plugin
      Then the wait for it ends at its deadline with the phase Unavailable, saying "unable to locate ObjectStore plugin named velero.io/aws"
      And the cluster's own Velero is put back as it was

    @HDR-10 @negative @destructive
    Scenario: With an image of the plugin that cannot be had the server never starts
      Given a cluster from which Velero was removed
      When Velero is installed in vain by its command line with these flags
        | --image                      | velero/velero:v1.17.1               |
        | --plugins                    | velero/velero-plugin-for-aws:v0.0.0 |
        | --no-default-backup-location |                                     |
        | --no-secret                  |                                     |
        | --use-volume-snapshots       | false                               |
        | --wait                       |                                     |
      Then the server is not available at the deadline, and its pod names the image "velero/velero-plugin-for-aws:v0.0.0"
      And the cluster's own Velero is put back as it was

    @HDR-10 @negative @destructive
    Scenario Outline: <flag> is refused
      Given a cluster with a Velero that nothing uses
      When Velero is to be installed by its command line <flag>
      Then it refuses, saying "<said>"
      And the cluster's own Velero is as it was

      Examples:
        | flag                                 | said                                                                |
        | without --no-secret                  | One of --secret-file or --no-secret is required                      |
        | without --no-default-backup-location | --provider is required                                               |
        | without --use-volume-snapshots       | --provider is required when --use-volume-snapshots is set to true    |
        | with --provider                      | --provider must be empty when using --no-default-backup-location     |
