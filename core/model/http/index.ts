export {
  HttpError,
  type HttpFailure,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
} from './httpPort.ts';
export {
  abortedError,
  connectionFailure,
  createNodeHttp,
  flatHeaders,
  headerBytes,
} from './nodeHttp.ts';
export { readText } from './readText.ts';
