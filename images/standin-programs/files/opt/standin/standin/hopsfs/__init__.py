"""HopsFS' part: files over WebHDFS, their metadata in the database, their blocks as write-once objects in the bucket."""
