"""The program `python -m localcluster.policies KUBECONFIG`."""

from localcluster.policies.agent import main

if __name__ == "__main__":
    main()
