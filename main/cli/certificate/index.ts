export { type OwnCertificate, ownCertificate } from './ownCertificate.ts';
