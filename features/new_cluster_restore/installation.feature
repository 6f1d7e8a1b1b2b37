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

  Rule: An installation that cannot bring a store back is not taken for a restore

    @HDR-29 @HDR-30 @HDR-31 @HDR-32 @HDR-33 @negative @destructive
    Scenario Outline: An installation <how> is told as no restore
      Given two recovery points, an older and a newer, that differ in every store
      And the platform was removed, and its bucket is left
      When it is installed in vain <how>
      Then it is told as no restore, for <why>

      Examples:
        | how                                                        | why                                                    |
        | with an ID that no backup has                              | the database's Job says that there is no such backup   |
        | with an ID for the database that no backup has             | the database's Job says that there is no such backup   |
        | with a snapshot for the search engine that does not exist  | the search engine's Job says that there is no snapshot |
        | with the IDs of single stores and no global ID             | files are missing                                      |
        | with a payload that forgets to say "all but this index"    | documents are missing                                  |
