@HDR-06
Feature: A Python environment that was deleted with its project is made again

  Rule: Such an environment does not come back with the restore; it is made again from what the restored project says

    @destructive
    Scenario: A project is deleted, restored, and its environment made again
      Given a platform that was restored in place from its weekly backup
      And a project was deleted with all it had in every store, its Python environment too
      When the platform is restored in place from that backup, without the registry's own backup
      Then the project is back in every other store, and its environment alone is missing
      When the environment is made again from what the restored project says
      Then every environment is as it was at the backup, by its digest and by every layer

  Rule: Only the registry's own backup spares that

    @HDR-05 @destructive
    Scenario: The registry's own backup brings the environment back
      Given a platform that was restored in place from its weekly backup
      And the environment of a project was deleted
      When the registry's own backup is restored, and nothing else
      Then every environment is as it was at the backup, by its digest and by every layer

  Rule: An environment made otherwise does not pass for the one that was deleted

    @negative @destructive
    Scenario: An environment is made again with another package
      Given a platform that was restored in place from its weekly backup
      And the environment of a project was deleted
      When it is made again with one package more than the project says
      Then it is told from the one that was deleted, by its digest
