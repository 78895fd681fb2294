import { config } from 'zod';

// Zod compiles parsers with `new Function`, which our content security policy forbids. This must run
// before any schema is made, so it is the page's first import.
config({ jitless: true });
