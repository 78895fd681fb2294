export {
  DEFAULT_TURN_DETECTION,
  TurnDetector,
  type TurnDetectorEvent,
  type TurnDetectorOptions,
} from './turnDetector.ts';
