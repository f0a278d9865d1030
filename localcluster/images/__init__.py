"""The images that the local cluster runs, each with the contract of the production image it stands for."""
