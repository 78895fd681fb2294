export { type HttpRoute, RequestRouter, type RouteMatch } from './requestRouter.ts';
export { UpgradeHandler } from './upgradeHandler.ts';
