Feature: A secret that passes through a drill reaches none of its artefacts

  Rule: What is loaded is masked wherever it turns up

    Scenario: A secret goes through Helm, Kubernetes and Velero, and each of them repeats it
      Given a secret that the drill has loaded
      When Helm refuses a chart and quotes the secret in its words
      And Velero refuses a backup and quotes the secret in its words
      Then what Kubernetes holds of the secret is kept as evidence

    Scenario: A step breaks, and its error holds the secret
      Given a secret that the drill has loaded
      Then the drill breaks with the secret in its error
