import * as z from 'zod';

import type { Tool } from '../contract.ts';
import { jsonTool } from '../jsonTool.ts';

/** Lets the model look at a picture on the disk (responses §12.2). */
export const viewImageTool: Tool = {
  ...jsonTool({
    name: 'view_image',
    description:
      'Shows you a picture that lies on this computer (PNG, JPEG, GIF, WebP). For pictures in the conversation it is not needed.',
    concurrency: 'parallel',
    arguments: z.object({
      path: z.string().describe('The file; relative to the working folder unless absolute.'),
    }),
    async run({ path }, context) {
      const { viewImage } = await import('./viewImage.ts');
      return viewImage(path, context);
    },
  }),
  needs: 'environment',
};
