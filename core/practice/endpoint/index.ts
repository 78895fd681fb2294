export { type HttpRoute, type ResponsesRoutesOptions, createResponsesRoutes } from './routes.ts';
