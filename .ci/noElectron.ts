throw new Error(
  'A unit test imported electron. Import its types only, and pass what the code uses as an argument.',
);
