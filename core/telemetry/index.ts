export {
  type SamplingWatch,
  SessionTelemetry,
  type TelemetryLog,
  type TelemetrySource,
} from './sessionTelemetry.ts';
