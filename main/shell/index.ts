export { APP_ORIGIN, APP_SCHEME, isAppUrl } from './appOrigin.ts';
export { appPath } from './appPath.ts';
export { browserCommand } from './browserOpening.ts';
export { CONNECT_CHANNEL } from './channels.ts';
export { CONTENT_SECURITY_POLICY, contentPolicyOf } from './contentPolicy.ts';
export {
  answerUpgrade,
  isOwnHost,
  RPC_PATH,
  type UpgradeAnswer,
  type UpgradeFacts,
} from './hostAccess.ts';
export { isConnectAccepted, type SenderFacts } from './ipcSender.ts';
export { mayNavigate, outsideAddress } from './navigation.ts';
export { decideOpen, type OpenDecision, type OpenFacts } from './openDecision.ts';
export { isPermissionAllowed, type PermissionQuestion } from './permissionPolicy.ts';
export { MINIMUM_SIZE, placeWindow, type Rectangle, type WindowPlacement } from './windowBounds.ts';
