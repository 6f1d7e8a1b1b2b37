# Runs in debian-java with the Maven set in /maven; leaves the server's home in /out.
set -euo pipefail
mkdir -p /out/usr/share
cd /out/usr/share
unzip -q /maven/opensearch-3.8.0.zip
mv opensearch-3.8.0 opensearch
cd opensearch

# what the drills use: documents, searches, scripts in updates, reindexing, HTTP; the rest only costs start time
keep=" cache-common lang-painless mapper-extras parent-join reindex transport-netty4 "
for module in modules/*; do
  [[ $keep == *" ${module#modules/} "* ]] || rm -r "$module"
done

# the scripts in /usr/local/bin start Java themselves, and the configuration is the image's own
rm -r bin config lib/tools/plugin-cli lib/tools/fips-demo-installer-cli
# the server makes this folder when it is not there, which a read-only root forbids
mkdir bin
mkdir -p plugins/repository-s3
cp /maven/*.jar plugins/repository-s3/
