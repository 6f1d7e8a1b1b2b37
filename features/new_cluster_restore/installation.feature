Feature: An installation with a backup's ID brings back what the backups named for its stores hold

  Rule: Each store comes from the backup named for it; the global ID is the file system's

    @HDR-29 @HDR-30 @HDR-31 @HDR-32 @destructive
    Scenario: An installation takes database and search engine from another backup
      Given two recovery points, an older and a newer, that differ in every store
      And the platform was removed, and its bucket is left
      When it is installed with the newer one's ID and the older one's backups of database and search engine
      Then every row, user, file, document, environment and Kubernetes object is as the backup named for it holds it

  Rule: What the payload leaves out is not restored, and everything else is

    @HDR-33 @destructive
    Scenario: An installation leaves an index out by the payload
      Given two recovery points, an older and a newer, that differ in every store
      And the platform was removed, and its bucket is left
      When it is installed with the newer one's ID and a payload that leaves the index of logs out
      Then every index but that one is as the backup holds it
      And every row, file, environment and Kubernetes object is as the backup holds it

  Rule: An installation that cannot bring a store back is not taken for a restore, and can be asked for again

    @HDR-29 @HDR-30 @HDR-31 @negative @destructive
    Scenario: IDs that no backup has
      Given two recovery points, an older and a newer, that differ in every store
      And the platform was removed, and its bucket is left
      When it is installed in vain with an ID that no backup has
      Then it is told as no restore, for a store's Job says that there is no such backup
      When it is installed in vain with an ID for the database that no backup has
      Then it is told as no restore, for the database's Job says that there is no such backup
      When it is installed in vain with a snapshot for the search engine that does not exist
      Then it is told as no restore, for the search engine's Job says that there is no such snapshot
      When it is installed with the newer one's ID
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it

    @HDR-32 @HDR-33 @negative @destructive
    Scenario: The global ID is forgotten, or the payload says the wrong thing
      Given two recovery points, an older and a newer, that differ in every store
      And the platform was removed, and its bucket is left
      When it is installed in vain with the IDs of single stores and no global ID
      Then it is told as no restore, for files are missing
      When it is installed in vain with a payload that names the index to leave out without its minus sign
      Then it is told as no restore, for documents are missing
      When it is installed with the newer one's ID
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
