import * as z from 'zod';

import { FileSystemPath } from '../../protocol/index.ts';

const paths = () => z.array(z.string());

/** Made with the first tool that is offered: most engines offer none. */
export const argumentsOf = () =>
  z.strictObject({
    permissions: z.strictObject({
      network: z.strictObject({ enabled: z.boolean().optional() }).optional(),
      file_system: z
        .strictObject({
          read: paths()
            .describe('Places to read; relative ones are below the folder of the turn.')
            .optional(),
          write: paths().describe('Places to write, and so to read.').optional(),
          entries: z
            .array(z.object({ path: FileSystemPath, access: z.enum(['read', 'write', 'deny']) }))
            .describe('In place of the two lists, where some of a place is to stay closed.')
            .optional(),
          glob_scan_max_depth: z.int().min(1).optional(),
        })
        .optional(),
    }),
    reason: z.string().describe('One short sentence for the user.').optional(),
    environment_id: z.string().optional(),
  });
export type PermissionsAsked = z.output<ReturnType<typeof argumentsOf>>;
