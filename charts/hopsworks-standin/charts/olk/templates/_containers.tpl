{{/* The parts all pods and containers share. */}}

{{- define "olk.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}

{{- define "olk.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Image, command and limits of a Job's container: dict root, args (of `standin`). */}}
{{- define "olk.container" -}}
{{- $image := .root.Values.opensearch.programs -}}
image: {{ printf "%s:%s" $image.repository ($image.tag | default .root.Chart.AppVersion) }}
imagePullPolicy: {{ .root.Values.opensearch.imagePullPolicy }}
command: {{ prepend .args "standin" | toJson }}
resources: {{ .root.Values.opensearch.resources.small | toJson }}
{{ include "olk.containerSecurity" .root }}
{{- end }}

{{- define "olk.env.common" -}}
- {name: HOME, value: /tmp}
- {name: NAMESPACE, value: {{ .Release.Namespace | quote }}}
- {name: OPENSEARCH_URL, value: "http://opensearch:9200"}
- {name: WAIT_SECONDS, value: {{ mul 60 .Values.opensearch.timeoutsMinutes.wait | quote }}}
{{- end }}

{{- define "olk.mount.tmp" -}}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "olk.volume.tmp" -}}
- {name: tmp, emptyDir: {}}
{{- end }}
