export { permissionTools } from './tool.ts';
