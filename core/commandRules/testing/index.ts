export { COMPOUND_RULES, type Compound, compounds } from './compounds.ts';
export { everydayCommands } from './everydayCommands.ts';
