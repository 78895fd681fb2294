export {
  CALLS_PATH,
  REALTIME_PATH,
  type SessionRequest,
  admitSession,
  checkVisitor,
  isCallsPath,
  mayPageCome,
  unknownCall,
} from './admission.ts';
export { EphemeralKeys, type KeyHolder } from './ephemeralKeys.ts';
