export { type HttpRoute, RequestRouter } from './requestRouter.ts';
export { UpgradeHandler } from './upgradeHandler.ts';
