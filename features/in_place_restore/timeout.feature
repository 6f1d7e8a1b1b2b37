Feature: A restore in place is bounded, and the end of a wait is not taken for its end

  Rule: When helm's timeout is over first, the restore goes on, and its Jobs decide

    @HDR-44 @destructive
    Scenario: Helm gives up before the restore has ended
      Given two recovery points, an older and a newer, that differ in every store
      When the newer one is restored in place with a timeout that is over before the restore is
      Then helm gave up while the restore went on
      And every row, user, file, document, environment and Kubernetes object is as the backup holds it

  Rule: A restore that has not ended within its bound is told as such, and can be given up and asked for again

    @HDR-44 @negative @destructive
    Scenario: A restore that does not end is not taken for one
      Given two recovery points, an older and a newer, that differ in every store
      When the newer one is restored in place with a search engine that cannot finish
      Then the restore is told as not ended, and the documents have not come back
      When that restore is given up
      Then nothing of it is left running
      When the newer one is restored in place
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
