import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { expect, test } from 'vitest';

import { isClientMethod } from '../../protocol/index.ts';
import { startTestEngine } from '../../testing/index.ts';

/** What a client may ask of the peer, by the schemas of 0.169 and 0.171 together, experimental methods included. */
const PEER_METHODS = `
account/bedrock/checkGovCloudRequirements account/bedrock/discover account/bedrock/setup
account/gatewayOAuth/cancel account/gatewayOAuth/login account/gatewayOAuth/read
account/gcp/setup account/login/cancel account/login/start account/logout
account/rateLimitResetCredit/consume account/rateLimits/read account/read
account/securitySetup/read account/sendAddCreditsNudgeEmail account/usage/read
account/workspaceMessages/read accountSession/list accountSession/switch app/installed app/list
app/read collaborationMode/list command/exec command/exec/resize command/exec/terminate
command/exec/write config/batchWrite config/mcpServer/reload config/read config/value/write
configRequirements/read environment/add environment/info environment/status
experimentalFeature/enablement/set experimentalFeature/list externalAgentConfig/detect
externalAgentConfig/import externalAgentConfig/import/readHistories
externalAgentConfig/import/recordHistory feedback/save feedback/upload fs/copy
fs/createDirectory fs/getMetadata fs/readDirectory fs/readFile fs/remove fs/unwatch fs/watch
fs/writeFile fuzzyFileSearch fuzzyFileSearch/sessionStart fuzzyFileSearch/sessionStop
fuzzyFileSearch/sessionUpdate hooks/list initialize marketplace/add marketplace/remove
marketplace/upgrade mcpServer/event/stream/start mcpServer/event/stream/stop
mcpServer/oauth/login mcpServer/resource/read mcpServer/tool/call mcpServerStatus/list
memory/reset memory/status mock/experimentalMethod model/list modelProvider/capabilities/read
modelProvider/config/write modelProvider/default/set modelProvider/list permissionProfile/list
plugin/install plugin/installed plugin/list plugin/read plugin/reconcile plugin/search
plugin/share/checkout plugin/share/delete plugin/share/list plugin/share/save
plugin/share/updateTargets plugin/skill/read plugin/uninstall process/kill process/resizePty
process/spawn process/writeStdin project/create project/delete project/import project/list
project/move project/read project/update remoteControl/client/list remoteControl/client/revoke
remoteControl/disable remoteControl/enable remoteControl/pairing/start
remoteControl/pairing/status remoteControl/status/read review/start rollout/compress
server/diagnostics skills/config/write skills/extraRoots/set skills/list
thread/approveGuardianDeniedAction thread/archive thread/attachment/add thread/attachment/list
thread/attachment/remove thread/attachmentOwner/list thread/backgroundTerminals/clean
thread/backgroundTerminals/list thread/backgroundTerminals/terminate thread/compact/start
thread/decrement_elicitation thread/delete thread/fork thread/goal/clear thread/goal/get
thread/goal/set thread/guardianReview thread/increment_elicitation thread/inject_items
thread/items/list thread/items/read thread/list thread/loaded/list thread/memory/read
thread/memoryMode/set thread/metadata/update thread/name/set thread/prediction/request
thread/prepareApprovedPlan thread/queue/add thread/queue/delete thread/queue/list
thread/queue/reorder thread/queue/start thread/queue/update thread/read thread/readState/update
thread/realtime/appendAudio thread/realtime/appendSpeech thread/realtime/appendText
thread/realtime/list thread/realtime/listVoices thread/realtime/start thread/realtime/stop
thread/resume thread/revert thread/sample thread/sample/cancel thread/search
thread/search/cancel thread/search/stream thread/search/stream/cancel thread/searchOccurrences
thread/section/move thread/settings/update thread/shellCommand thread/start thread/timeline/list
thread/turns/list thread/unarchive thread/unsubscribe threadSection/create threadSection/delete
threadSection/list threadSection/update turn/interrupt turn/settings/update turn/start
turn/steer userVerification/cancel userVerification/delete userVerification/enroll
userVerification/status userVerification/verify windowsSandbox/readiness
windowsSandbox/setupStart
`
  .trim()
  .split(/\s+/u);

/** What the table of differences says is not served. */
function notServed(): readonly string[] {
  const text = readFileSync(new URL('../../server/COMPATIBILITY.md', import.meta.url), 'utf8');
  const [, section = ''] = text.split('## Methods that are not served');
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) =>
    Array.from(row.split('|')[1]?.matchAll(/`([^`]+)`/gu) ?? [], ([, name = '']) => name),
  );
}

test('every method of the peer is served, or stands with its reason among those that are not', () => {
  const missing = notServed();

  expect(missing).toEqual(Array.from(new Set(missing)));
  expect(missing.filter(isClientMethod)).toEqual([]);
  expect(new Set([...PEER_METHODS.filter(isClientMethod), ...missing])).toEqual(
    new Set(PEER_METHODS),
  );
});

test('what is not served is refused by its name and nothing else, the rest never as unknown', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const refusedAsUnknown: string[] = [];
  for (const method of PEER_METHODS) {
    const { error } = await probe.ask(method, {});
    const unknown = { code: -32600, message: `Invalid request: unknown variant \`${method}\`` };
    if (isDeepStrictEqual(error, unknown)) refusedAsUnknown.push(method);
  }

  expect(refusedAsUnknown).toEqual(PEER_METHODS.filter((method) => !isClientMethod(method)));
});
