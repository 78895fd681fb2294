export { readRequirements } from './readRequirements.ts';
export {
  NO_REQUIREMENTS,
  type Required,
  type Requirements,
  requirementsOf,
} from './requirements.ts';
