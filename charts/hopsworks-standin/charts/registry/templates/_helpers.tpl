{{- define "registry.labels" -}}
app.kubernetes.io/name: registry-standin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "registry.backupsEnabled" -}}
{{- $own := .Values.backup.enabled -}}
{{- $global := and .Values.global._hopsworks.managedObjectStorage.enabled .Values.global._hopsworks.backups.enabled -}}
{{- if ternary $global $own (kindIs "invalid" $own) }}true{{ end -}}
{{- end }}

{{- define "registry.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}

{{- define "registry.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Image, command and limits of a Job's container: dict root, args (of `standin`). */}}
{{- define "registry.container" -}}
{{- $image := .root.Values.programs -}}
image: {{ printf "%s:%s" $image.repository ($image.tag | default .root.Chart.AppVersion) }}
imagePullPolicy: {{ .root.Values.imagePullPolicy }}
command: {{ prepend .args "standin" | toJson }}
resources: {{ .root.Values.resources.small | toJson }}
{{ include "registry.containerSecurity" .root }}
{{- end }}

{{/* What both Jobs are told: dict root, pathPrefix. Keys come from the Secret, never from rclone's file. */}}
{{- define "registry.env" -}}
{{- $s3 := .root.Values.global._hopsworks.managedObjectStorage.s3 -}}
{{- $needed := "A bucket is needed: set global._hopsworks.managedObjectStorage.s3.bucket.name to a versioned S3 bucket, or global._hopsworks.backups.enabled=false." -}}
- {name: HOME, value: /tmp}
- {name: NAMESPACE, value: {{ .root.Release.Namespace | quote }}}
- {name: REGISTRY, value: "docker-registry:5000"}
- {name: WAIT_SECONDS, value: {{ .root.Values.waitSeconds | quote }}}
- {name: WORK, value: /work}
- {name: BUCKET, value: {{ required $needed $s3.bucket.name | quote }}}
- {name: PATH_PREFIX, value: {{ .pathPrefix | quote }}}
- {name: RCLONE_CONFIG, value: /home/hopsworks/rclone.conf}
- {name: AWS_EC2_METADATA_DISABLED, value: "true"}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef: {name: {{ $s3.secret.name }}, key: {{ $s3.secret.acess_key_id }}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef: {name: {{ $s3.secret.name }}, key: {{ $s3.secret.secret_key_id }}}
{{- end }}

{{- define "registry.mounts" -}}
- {name: rclone, mountPath: /home/hopsworks/rclone.conf, subPath: rclone.conf, readOnly: true}
- {name: work, mountPath: /work}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "registry.volumes" -}}
- {name: rclone, configMap: {name: registry-rclone}}
- {name: work, emptyDir: {sizeLimit: {{ .Values.workGib }}Gi}}
- {name: tmp, emptyDir: {}}
{{- end }}
