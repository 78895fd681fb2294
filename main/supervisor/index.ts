export {
  type EngineEnd,
  EngineSupervisor,
  type SupervisedEngine,
  type SupervisorDeps,
} from './engineSupervisor.ts';
