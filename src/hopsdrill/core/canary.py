"""What canaries are called in each store, so that every other proof leaves them out by their owner and nothing else with them."""

OWNER = "hopsdrill"  # of files
FOLDER = "/hopsdrill"
TABLE = "canaries"
LABEL = "hopsdrill.io/canary"
INDEX = "hopsdrill-canaries"
TOPIC = "hopsdrill_canaries"
REPOSITORY = "hopsdrill/canaries"
