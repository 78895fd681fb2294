export { type ElectronPort, portFromElectron } from './electronPort.ts';
export { serveUtility, type UtilityParent } from './utilityServer.ts';
