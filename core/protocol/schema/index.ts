export {
  type JsonSchema,
  jsonSchemaFiles,
  protocolSchema,
  type ProtocolSchema,
} from './jsonSchema.ts';
export { typeDeclarations } from './typeDeclarations.ts';
export { typeName } from './names.ts';
