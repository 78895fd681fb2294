import type { Server } from 'node:http';

import { CommandError } from '../commandError.ts';
import { hostInUrl } from './listenAddress.ts';

/** Somebody else listens there. */
export class PortInUseError extends CommandError {}

/** Starts listening and gives the real port; a port in use is one clear sentence. */
export function listenHttp(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const words = listenFailure(error, host, port);
      const Failure = error.code === 'EADDRINUSE' ? PortInUseError : CommandError;
      reject(new Failure(words, 1, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${hostInUrl(host)}:${port}`;
  const { code = '' } = error;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use already (${where}); stop what runs there or choose another port.`;
    case 'EACCES':
      return `This user may not listen on ${where}; choose a port above 1023.`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host} to listen on.`;
    default:
      return `Cannot listen on ${where}: ${error.message}`;
  }
}
