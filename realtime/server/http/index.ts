export { missingParameter, onlyPart, parseForm, singlePart } from './form.ts';
export { readBody, writeRefusal } from './http.ts';
export { type HttpRoute, RequestRouter, type RouteMatch } from './requestRouter.ts';
export { type SocketRoute, UpgradeHandler } from './upgradeHandler.ts';
