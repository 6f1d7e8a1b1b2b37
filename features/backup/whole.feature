Feature: A backup that is not whole is found before anybody restores from it

  Rule: What was lost from one store's backup is found by the look at that store, named, and taken for nothing else

    @HDR-01 @HDR-02 @HDR-03 @HDR-04 @HDR-05
    Scenario: Nothing is missing from a backup of every store
      Given a backup of every store
      Then it is whole, store by store

    @HDR-01 @HDR-02 @HDR-03 @HDR-04 @HDR-05 @negative @destructive
    Scenario Outline: <what> is lost
      Given a backup of every store
      And <what> was lost from the bucket unnoticed
      Then the look at that store finds and names it, and no other look finds anything

      Examples:
        | what                                       |
        | a part file of the database's backup       |
        | a block of a file                          |
        | the index file of a shard in the snapshot  |
        | a data file of a shard in the snapshot     |
        | the archive of Kubernetes objects          |
        | a layer of an image                        |
