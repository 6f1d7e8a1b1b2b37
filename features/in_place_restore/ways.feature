Feature: A restore in place may be asked for in every documented way

  Rule: Flags on the command line bring back what a values file brings back, and where no Velero backup is named the latest ones

    @HDR-38 @HDR-40 @destructive
    Scenario: A backup is restored in place by flags on the command line
      Given two recovery points, an older and a newer, that differ in every store
      When the newer one is restored in place by flags on the command line
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And Velero restored the latest completed backups

  Rule: A completed restore is repeated once all its markers are deleted, and not before

    @HDR-41 @HDR-42 @destructive
    Scenario: The same backup is restored again after its markers were deleted
      Given two recovery points, an older and a newer, that differ in every store
      And the newer one has been restored in place
      When that restore is asked for again, and each marker that a refusal names is deleted
      Then it was refused until no marker was left, and nothing was touched
      When the newer one is restored in place
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it

  Rule: Each store comes from the backup that is named for it, and the file system follows the global ID

    @HDR-40 @HDR-43 @destructive
    Scenario: A restore in place takes some stores from another backup
      Given two recovery points, an older and a newer, that differ in every store
      When the newer one is restored in place with the older one's backups of database, search engine and Kubernetes objects
      Then every row, user, file, document, environment and Kubernetes object is as the backup named for it holds it
      And Velero restored the backups that were named
      And the file system was restored under the global ID
