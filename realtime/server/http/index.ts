export { type HttpRoute, RequestRouter, type RouteMatch } from './requestRouter.ts';
export { type SocketRoute, UpgradeHandler } from './upgradeHandler.ts';
